using CACL.Actors.Supervisor;
using CACL.Runs.Folder;
using CsCheck;

namespace CACL.Actors.Tests.Supervisor;

public sealed class DepartureTests
{
    private static readonly Fault Lost = new("ExternalException", "device lost", "ExternalException: device lost");

    private enum What
    {
        Launched,
        Await,
        EngineGone,
        DecodersGone,
        Next,
    }

    [Fact]
    public void What_follows_is_handed_out_once_and_only_when_both_engine_and_decoders_are_gone() =>
        Gen.Enum<What>().Array[0, 40].Sample(events =>
        {
            var departure = new Departure();
            var (engine, decoders, leaves) = (false, false, false);
            Action? awaited = null;
            foreach (var what in events)
            {
                switch (what)
                {
                    case What.Launched:
                        departure.Launched();
                        (engine, decoders, leaves) = (true, true, false);
                        break;
                    case What.Await:
                        var next = new Action(() => { });
                        Assert.Equal(!leaves, departure.Await(next)); // it begins to leave once
                        (awaited, leaves) = (next, true);
                        break;
                    case What.EngineGone:
                        departure.EngineGone();
                        engine = false;
                        break;
                    case What.DecodersGone:
                        departure.DecodersGone();
                        decoders = false;
                        break;
                    case What.Next:
                        var gone = !engine && !decoders;
                        Assert.Same(gone ? awaited : null, departure.Next());
                        if (gone) awaited = null;
                        break;
                }

                Assert.Equal((!engine, !decoders, leaves), (departure.EngineIsGone, departure.DecodersAreGone, departure.IsUnderway));
                Assert.Equal(awaited is not null, departure.IsAwaited);
            }
        });

    [Fact]
    public void Before_the_first_training_nothing_has_to_leave()
    {
        var departure = new Departure();
        Assert.Null(departure.Next());
        var next = new Action(() => { });
        departure.Await(next);
        Assert.Same(next, departure.Next());
    }

    [Fact]
    public void What_an_engine_failed_of_is_known_until_the_next_training_is_launched()
    {
        var departure = new Departure();
        departure.Launched();
        departure.EngineGone(Lost);
        departure.EngineGone(); // not waited for any more
        Assert.Same(Lost, departure.EngineFault);
        departure.Launched();
        Assert.Null(departure.EngineFault);
    }
}
