using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Data.DataSets;
using CACL.Node.DataSets;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl datasets check</c>.</summary>
internal static class DatasetsCheckCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var kind =
            new Option<string>("--dataset") { Description = "Its layout; see below.", HelpName = "cityscapes|voc|folder", Required = true };
        kind.AcceptOnlyFromAmong([.. SegmentationDataSets.Words]);
        var data = new Option<string>("--data") { Description = "Folder of the data set.", HelpName = "DIR", Required = true };
        var threads = new Option<int>("--threads")
        {
            Description = "Number of files read in parallel.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
            CustomParser = given => NumberOption.Read<int>(given, number => number >= 1, "a number of 1 or more"),
        };
        var all = new Option<bool>("--all") { Description = "Prints every fault, not only the first ones." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object with every fault instead of text." };
        var command = new Verb(
            "check",
            "Reads every image and label once; prints counts, each class's share of the pixels and every fault. Fails if there is a fault.",
            "cacl datasets check --dataset folder --data /data/camvid",
            "cacl datasets check --dataset cityscapes --data /data/cityscapes --all",
            "cacl datasets check --dataset voc --data /data/VOCdevkit --json > voc.json",
            "",
            "Layouts: cityscapes  leftImg8bit/{train,val}/CITY/NAME_leftImg8bit.png, gtFine/{train,val}/CITY/NAME_gtFine_labelIds.png",
            "         voc         JPEGImages, SegmentationClass[Aug], ImageSets/Segmentation/{train,trainaug,val}.txt",
            "         folder      images/{train,val,test}/NAME.{jpg,png}, labels/{train,val,test}/NAME.png, classes.txt:",
            "                     one class per line, \"NAME\" or \"NAME R G B\"; \"ignore 255\" declares a label value that is left out")
        {
            kind,
            data,
            threads,
            all,
            json,
        };
        command.SetAction(parsed => DataSetCheckHandler.Run(
            SegmentationDataSets.KindOf(parsed.GetRequiredValue(kind))!.Value,
            FilePaths.Absolute(parsed.GetRequiredValue(data)),
            parsed.GetValue(threads),
            new DataSetCheckOutput(parsed.GetValue(all), parsed.GetValue(json)),
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
