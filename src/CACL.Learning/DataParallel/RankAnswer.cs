using System.Globalization;
using System.Text;
using CACL.Learning.Ranks;

namespace CACL.Learning.DataParallel;

/// <summary>How far a rank is with what it was told.</summary>
internal enum RankProgress : byte
{
    /// <summary>It has what it needs.</summary>
    Ready,

    /// <summary>It still waits for something, such as its part of the batch.</summary>
    Waiting,

    /// <summary>It cannot go on.</summary>
    Failed,
}

/// <summary>What every rank says before all of them go on.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="Why">Why it failed, as a sentence.</param>
internal sealed record RankAnswer(RankProgress Progress, string Why = "")
{
    private const int Bytes = 1024;
    private const int Words = 1 + RankTime.Bytes;

    /// <summary>What its last step took.</summary>
    public RankTime Time { get; init; } = RankTime.Unknown;

    /// <summary>Exchanges the answers, and returns whether all ranks are ready.</summary>
    /// <exception cref="LostRankException">One of them failed; the message says which and why, and is the same on all.</exception>
    public static bool AllReady(ICollectives ranks, RankAnswer own, string what) => AllReady(ranks, own, what, out _);

    /// <inheritdoc cref="AllReady(ICollectives, RankAnswer, string)"/>
    /// <param name="ranks">The ranks.</param>
    /// <param name="own">This rank's answer.</param>
    /// <param name="what">What is waited for.</param>
    /// <param name="times">What each rank's last step took.</param>
    public static bool AllReady(ICollectives ranks, RankAnswer own, string what, out RankTime[] times)
    {
        var bytes = new byte[Bytes];
        bytes[0] = (byte)own.Progress;
        own.Time.Write(bytes.AsSpan(1));
        Encoding.UTF8.GetEncoder().Convert(own.Why, bytes.AsSpan(Words), flush: true, out _, out _, out _);
        var answers = ranks.GatherEach(bytes, what);
        var failed = Array.FindIndex(answers, answer => answer[0] == (byte)RankProgress.Failed);
        if (failed >= 0)
        {
            var why = Encoding.UTF8.GetString(answers[failed].AsSpan(Words)).TrimEnd('\0');
            throw new LostRankException(
                string.Create(CultureInfo.InvariantCulture, $"Rank {failed} of {ranks.Size} cannot go on: {why}"));
        }

        times = [.. answers.Select(answer => RankTime.Read(answer.AsSpan(1)))];
        return Array.TrueForAll(answers, answer => answer[0] == (byte)RankProgress.Ready);
    }
}
