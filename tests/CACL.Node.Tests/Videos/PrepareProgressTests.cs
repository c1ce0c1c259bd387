using CACL.Data.Preparation;
using CACL.Data.Wording;
using CACL.Node.Videos;

namespace CACL.Node.Tests.Videos;

/// <summary>Tests how a preparation's progress is worded where there is no terminal.</summary>
public sealed class PrepareProgressTests
{
    [Fact]
    public void A_line_comes_every_five_seconds_with_what_is_done_and_the_time_that_is_left()
    {
        var (output, clock) = (new StringWriter { NewLine = "\n" }, new Clock());
        var progress = new PlainPrepareProgress(output, clock);
        progress.Report(new PreparationProgress(10, 1, 0, 1_000_000, 0.1));
        clock.Seconds = 6;
        progress.Report(new PreparationProgress(10, 2, 0, 2_340_000, 0.2));
        clock.Seconds = 8;
        progress.Report(new PreparationProgress(10, 3, 0, 3_000_000, 0.3));
        clock.Seconds = 20;
        progress.Report(new PreparationProgress(10, 4, 1, 123_456_789, 0.5));
        Assert.Equal("2 of 10 files, 2.3 MB, 0:00:24 to go\n4 of 10 files, 123 MB, 1 failed, 0:00:20 to go\n", output.ToString());
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(99_949, "99.9 kB")]
    [InlineData(99_950, "100 kB")]
    [InlineData(999_499_999, "999 MB")]
    [InlineData(999_500_000, "1.0 GB")]
    [InlineData(310_000_000_000, "310 GB")]
    [InlineData(long.MaxValue, "9223372 TB")]
    public void Bytes_are_worded_in_two_or_three_digits(long bytes, string words) => Assert.Equal(words, ByteSize.Of(bytes));

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
