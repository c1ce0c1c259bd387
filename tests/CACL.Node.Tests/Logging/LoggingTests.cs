using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using CACL.Node.Display;
using CACL.Node.Logging;
using CACL.Node.Settings;
using CACL.Testing;
using Serilog.Events;
using Spectre.Console;

namespace CACL.Node.Tests.Logging;

// Serilog's and Akka's loggers are global to the process.
[Collection("global log")]
public sealed class LoggingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_actors_words_reach_the_log_file_with_level_source_properties_and_cause()
    {
        var file = _folder.File("train.log");
        var configuration = ConfigurationFiles.Load([], ["cacl.logging.level=debug"], new Dictionary<string, string>());
        using (RunLog.Start(file, LogEventLevel.Debug, screen: null))
        {
            using var system = ActorSystem.Create("test", configuration.AkkaText(typeof(SerilogAkkaLogger).AssemblyQualifiedName!));
            var actor = system.ActorOf(Props.Create(() => new Speaker()), "speaker");
            Assert.Equal("done", await actor.Ask<string>("speak", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
            SerilogAkkaLogger.WaitUntilWritten(system, TimeSpan.FromSeconds(20));
            await system.Terminate();
        }

        var events = File.ReadAllLines(file).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var warning = Assert.Single(events, e => e.TryGetProperty("Attempt", out _));
        Assert.Equal("Warning", warning.GetProperty("@l").GetString());
        Assert.Equal("Decoder {Name} restarts, attempt {Attempt}", warning.GetProperty("@mt").GetString());
        Assert.Equal("d1", warning.GetProperty("Name").GetString());
        Assert.Equal(2, warning.GetProperty("Attempt").GetInt32());
        Assert.Contains("akka://test/user/speaker", warning.GetProperty("LogSource").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("Speaker", warning.GetProperty("SourceContext").GetString(), StringComparison.Ordinal);
        var error = Assert.Single(
            events, e => e.TryGetProperty("@x", out var x) && x.GetString()!.Contains("disk is full", StringComparison.Ordinal));
        Assert.Equal("Error", error.GetProperty("@l").GetString());
        // Without arguments a text is no template, whatever braces it contains.
        Assert.Contains(events, e => Message(e) == "quiet words" && e.GetProperty("@l").GetString() == "Debug");
        Assert.Contains(events, e => Message(e) == "with {braces} and no arguments");
    }

    [Fact]
    public void Lines_below_the_level_are_left_out_and_the_screen_gets_readable_ones()
    {
        using var shown = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(shown) });
        using (var screen = new Screen(console, live: false, TimeSpan.FromSeconds(1)))
        using (RunLog.Start(_folder.File("train.log"), LogEventLevel.Information, screen))
        {
            Serilog.Log.Debug("unheard");
            Serilog.Log.Warning("{Count} videos of {Folder} are [bad]", 3, "clips");
        }

        Assert.Matches(@"^\d\d:\d\d:\d\d WRN 3 videos of clips are \[bad\]\n$", shown.ToString());
        Assert.Single(File.ReadAllLines(_folder.File("train.log")));
    }

    [Fact]
    public void The_level_changes_while_the_log_is_written()
    {
        using (var log = RunLog.Start(_folder.File("train.log"), LogEventLevel.Error, screen: null))
        {
            Serilog.Log.Warning("unheard");
            log.Level = LogEventLevel.Debug;
            Serilog.Log.Debug("written");
            log.Level = LogEventLevel.Warning;
            Serilog.Log.Information("unheard");
        }

        Assert.Contains("\"written\"", Assert.Single(File.ReadAllLines(_folder.File("train.log"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_appends_to_its_log()
    {
        for (var i = 0; i < 2; i++)
        {
            using (RunLog.Start(_folder.File("train.log"), LogEventLevel.Information, screen: null)) Serilog.Log.Information("start");
        }

        Assert.Equal(2, File.ReadAllLines(_folder.File("train.log")).Length);
    }

    private static string? Message(JsonElement e) => e.TryGetProperty("Message", out var message) ? message.GetString() : null;

    private sealed class Speaker : ReceiveActor
    {
        public Speaker()
        {
            var log = Context.GetLogger();
            Receive<string>(_ =>
            {
                log.Warning("Decoder {Name} restarts, attempt {Attempt}", "d1", 2);
                log.Error(new IOException("disk is full"), "cannot write");
                log.Debug("quiet words");
                log.Info("with {braces} and no arguments");
                Sender.Tell("done");
            });
        }
    }
}
