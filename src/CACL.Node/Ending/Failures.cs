using CACL.Actors.Certificates;
using CACL.Actors.Links;
using CACL.Configuration.Hocon;
using CACL.Data.Catalog;
using CACL.Data.Clips;
using CACL.Data.DataSets;
using CACL.Data.Decoding.Selection;
using CACL.Data.Preparation;
using CACL.Http.Client;
using CACL.Http.Server;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Ranks;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Learning.Weights.Import;
using CACL.Runs.Folder;

namespace CACL.Node.Ending;

/// <summary>Reports an exception that ends the program.</summary>
internal static class Failures
{
    /// <summary>Writes what happened, and returns the exit code.</summary>
    /// <param name="failure">The exception that ended the verb.</param>
    /// <param name="trace">Whether the user requested stack traces (<c>--trace</c>).</param>
    /// <param name="error">Standard error.</param>
    public static int Tell(Exception failure, bool trace, TextWriter error)
    {
        if (failure is AggregateException { InnerExceptions: [var only] }) failure = only;
        if (failure is OperationCanceledException)
        {
            error.WriteLine(failure.Message);
            return failure is StoppedException stopped ? stopped.ExitCode : ExitCodes.Interrupted;
        }

        error.WriteLine(IsExpected(failure) ? failure.Message
            : IsDiskFull(failure) ? $"The disk is full: {failure.Message.TrimEnd('.')}. Free space there, then give the same command again."
            : $"An unexpected fault ended the program: {failure.GetType().Name}: "
                + $"{TorchError.Sentence(failure.Message)}{(trace ? "" : " Run it again with --trace to see where.")}");
        if (trace) error.WriteLine(failure);
        return ExitCodes.Failure;
    }

    // Unix error numbers: ENOSPC, EDQUOT.
    private static bool IsDiskFull(Exception failure) => failure is IOException { HResult: 28 or 122 };

    // Exceptions whose messages are sentences for people, written for this place.
    private static bool IsExpected(Exception failure) => failure is UserException or ConfigurationException or RunFolderException
        or CatalogException or DataSetException or VideoUnusableException or DecoderFaultException or DecoderUnavailableException
        or PreparationException or ClipException or ListenException or NodeClientException
        or LibTorchUnavailableException or WeightsException or CheckpointException or SafeTensorsException or TorchFileException
        or EvaluationException or LostRankException or NcclUnavailableException or CertificateException or LinkException;
}
