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
            new Option<string>("--dataset") { Description = "How it is laid out.", HelpName = "cityscapes|voc|folder", Required = true };
        kind.AcceptOnlyFromAmong([.. SegmentationDataSets.Words]);
        var data = new Option<string>("--data") { Description = "Its folder.", HelpName = "DIR", Required = true };
        var threads = new Option<int>("--threads")
        {
            Description = "Files read at once.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
            CustomParser = given => NumberOption.Read<int>(given, number => number >= 1, "a number from 1 on"),
        };
        var all = new Option<bool>("--all") { Description = "Every fault, not only the first ones." };
        var json = new Option<bool>("--json") { Description = "One JSON object with every fault, in place of text." };
        var command = new Verb(
            "check",
            "Reads every image and label once; prints counts, the classes' shares of the pixels and every fault. Fails if there is one.",
            "cacl datasets check --dataset folder --data /data/camvid",
            "cacl datasets check --dataset cityscapes --data /data/cityscapes --all",
            "cacl datasets check --dataset voc --data /data/VOCdevkit --json > voc.json",
            "",
            "Layouts: cityscapes  leftImg8bit/{train,val}/CITY/NAME_leftImg8bit.png, gtFine/{train,val}/CITY/NAME_gtFine_labelIds.png",
            "         voc         JPEGImages, SegmentationClass[Aug], ImageSets/Segmentation/{train,trainaug,val}.txt",
            "         folder      images/{train,val,test}/NAME.{jpg,png}, labels/{train,val,test}/NAME.png, classes.txt:",
            "                     a class a line, \"NAME\" or \"NAME R G B\"; \"ignore 255\" declares a label value that is left out")
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
