namespace CACL.Data.DataSets.Png;

/// <summary>Bytes that are no PNG of class indices. The message completes "The label FILE …".</summary>
internal sealed class PngException(string message, Exception? inner = null) : Exception(message, inner);
