namespace CACL.Data.Wording;

/// <summary>
/// The commands that errors, answers and log lines name, without their arguments. What the commands are is the program's affair, yet every
/// project below it tells people what to run: this is the one place there that knows how the program spells them. The program's tests hold
/// each to the verbs of the command line.
/// </summary>
public static class CommandLines
{
    /// <summary>Says what the machine has and lacks.</summary>
    public const string Doctor = "cacl doctor";

    /// <summary>Finds the videos below folders and makes a catalogue of them.</summary>
    public const string ScanVideos = "cacl videos scan";

    /// <summary>Joins the catalogues of a scan that several machines divided.</summary>
    public const string MergeCatalogs = "cacl videos merge";

    /// <summary>Makes copies of videos for random access.</summary>
    public const string PrepareVideos = "cacl videos prepare";

    /// <summary>Checks a data set.</summary>
    public const string CheckDataSet = "cacl datasets check";

    /// <summary>Starts or continues a training.</summary>
    public const string Train = "cacl train";

    /// <summary>Makes the certificates by which the machines of a cluster know each other.</summary>
    public const string Certificates = "cacl cluster certificates";

    /// <summary>Evaluates a checkpoint.</summary>
    public const string Evaluate = "cacl evaluate";

    /// <summary>Turns a PyTorch file into SafeTensors.</summary>
    public const string Import = "cacl import";

    /// <summary>Changes a setting of a training that runs.</summary>
    public const string Set = "cacl set";

    /// <summary>Continues a training that is paused.</summary>
    public const string Resume = "cacl resume";

    /// <summary>Ends a training after its step.</summary>
    public const string Stop = "cacl stop";

    /// <summary>Asks a training for a checkpoint or an evaluation.</summary>
    public const string Trigger = "cacl trigger";
}
