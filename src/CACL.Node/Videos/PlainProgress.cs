namespace CACL.Node.Videos;

/// <summary>Shows the progress of long work as a line every few seconds.</summary>
/// <param name="output">Receives the lines.</param>
/// <param name="clock">The clock.</param>
/// <param name="words">Words how far the work is; told how long it has gone on.</param>
internal class PlainProgress<T>(TextWriter output, TimeProvider clock, Func<T, TimeSpan, string> words) : IProgress<T>
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly long _began = clock.GetTimestamp();
    private long _last = clock.GetTimestamp();

    /// <inheritdoc/>
    public void Report(T value)
    {
        if (clock.GetElapsedTime(_last) < Every) return;
        _last = clock.GetTimestamp();
        output.WriteLine(words(value, clock.GetElapsedTime(_began)));
    }
}
