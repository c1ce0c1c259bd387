using CACL.Runs.Steps;
using CACL.Testing;
using CsCheck;

namespace CACL.Runs.Tests.Steps;

public sealed class RunLengthTests
{
    [Fact]
    public void Every_video_is_visited_once_in_every_epoch() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 20], Gen.Int[1, 5]).Sample((videos, batch, epochs) =>
        {
            var length = RunLength.Of(videos, batch, epochs, maxSteps: 0);
            var places = Enumerable.Range(0, (int)(length.TotalSteps * batch)).Select(i => length.PlaceOf(i)).ToList();
            Assert.Equal(places.Count, places.Distinct().Count());
            Each.Holds(places, place => Assert.InRange(place.Position, 0, videos - 1));
            // A run ends with its last complete batch.
            Assert.True(length.TotalSteps == 1 || places.Count > (videos * epochs) - batch);
        });

    [Fact]
    public void The_fewer_of_epochs_and_steps_decide()
    {
        Assert.Equal(7, RunLength.Of(videos: 20, batchSize: 4, epochs: 200, maxSteps: 7).TotalSteps);
        Assert.Equal(10, RunLength.Of(videos: 20, batchSize: 4, epochs: 2, maxSteps: 70).TotalSteps);
    }

    [Fact]
    public void A_batch_takes_up_where_the_one_before_it_ended()
    {
        var length = RunLength.Of(videos: 10, batchSize: 4, epochs: 3, maxSteps: 0);
        Assert.Equal((0, 8), length.PlaceAfter(2));
        Assert.Equal((1, 2), length.PlaceAfter(3));
    }
}
