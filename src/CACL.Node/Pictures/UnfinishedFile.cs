namespace CACL.Node.Pictures;

/// <summary>What is left of a file that could not be finished.</summary>
internal static class UnfinishedFile
{
    /// <summary>Removes it; where that fails too, the error that led here is the one to tell.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // told by whoever called
        }
    }
}
