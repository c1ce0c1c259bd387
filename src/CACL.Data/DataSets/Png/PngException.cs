namespace CACL.Data.DataSets.Png;

/// <summary>The bytes are not a PNG of class indices. The message completes "The label FILE …".</summary>
internal sealed class PngException(string message, Exception? inner = null) : Exception(message, inner);
