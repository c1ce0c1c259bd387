using System.Security.Cryptography;
using System.Text;

namespace CACL.Node.Study;

/// <summary>A training: a row with a seed.</summary>
/// <param name="Row">The row.</param>
/// <param name="Seed">The seed.</param>
internal sealed record StudyTraining(StudyRow Row, ulong Seed)
{
    /// <summary>Its name as part of a file name.</summary>
    public string FileName => $"{Row.FileName}-seed{Seed}";
}

/// <summary>An evaluation of one network on one data set.</summary>
/// <param name="DataSet">The data set, and the protocol.</param>
/// <param name="Subject">The network, as the name of a folder. Trainings that start from the same network share its evaluation: a row with
/// an untrained network is step 0 of the others.</param>
/// <param name="Checkpoint">Checkpoint, file of weights, or the word random.</param>
/// <param name="Backbone">Backbone of an untrained network, otherwise empty.</param>
/// <param name="Seed">Seed of an untrained network, otherwise null.</param>
internal sealed record StudyEvaluation(StudyDataSet DataSet, string Subject, string Checkpoint, string Backbone, ulong? Seed)
{
    /// <summary>Returns the evaluation of an untrained network.</summary>
    public static StudyEvaluation OfRandom(StudyDataSet set, string backbone, ulong seed) =>
        new(set, $"random-{backbone}-seed{seed}", "random", backbone, seed);

    /// <summary>Returns the evaluation of a file of weights as it is.</summary>
    public static StudyEvaluation OfWeights(StudyDataSet set, string file)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file)))[..8];
        return new(set, $"{StudyRow.ToFileName(Path.GetFileNameWithoutExtension(file))}-{hash}", file, "", null);
    }

    /// <summary>Returns the evaluation of a training after a step.</summary>
    public static StudyEvaluation OfStep(StudyDataSet set, StudyTraining training, string checkpoint, long step) =>
        new(set, $"{training.FileName}-step-{step}", checkpoint, "", null);
}
