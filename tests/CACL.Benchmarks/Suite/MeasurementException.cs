namespace CACL.Benchmarks.Suite;

/// <summary>There is no figure. The message is a sentence for the table.</summary>
internal class MeasurementException(string message) : Exception(message);

/// <summary>There is no figure because the machine lacks something that the measurement needs, which is no failure.</summary>
internal sealed class NotHereException(string message) : MeasurementException(message);
