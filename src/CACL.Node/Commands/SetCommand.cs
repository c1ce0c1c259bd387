using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Http.Client;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Runs.Live;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl set</c>.</summary>
internal static class SetCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "set",
            $"Changes settings of a running training: {string.Join(", ", KnownMethods.LiveSettings)}. RUN/control.jsonl keeps each change "
                + "with the first step it acts on, and a resumed run makes it again.",
            "cacl set --run runs/first learning_rate_factor=0.5",
            "cacl set --run runs/first loss_weights.cycle=2 decoders=4",
            "cacl set --run runs/first log_level=debug");
        var address = new RunAddressOptions(command);
        var settings = new Argument<string[]>("key=value")
        {
            Description = "Settings to change. Either all of them are changed, or none.",
            Arity = ArgumentArity.OneOrMore
        };
        command.Add(settings);
        command.SetAction(parsed =>
        {
            const string Instead = "To change the settings of a run that has ended, resume it: cacl train --resume --set key=value.";
            var folder = address.Folder(parsed);
            var body = Body(parsed.GetValue(settings)!);
            using var node = NodeClient.Find(folder, address.Token(parsed), Instead);
            var answer = node.Send(HttpMethod.Patch, "/api/settings", body, Instead);
            address.Print(parsed, answer, output => Tell(answer, output));
        });
        return command;
    }

    private static JsonObject Body(string[] settings)
    {
        var body = new JsonObject();
        foreach (var text in settings)
        {
            if (text.Split('=', 2) is not [var key, { Length: > 0 } value])
                throw new UserException($"{text} is not of the form key=value, such as learning_rate_factor=0.5.");
            // As the API calls it; as the configuration would write it is understood, too.
            var name = key.Trim().Replace('-', '_');
            if (!KnownMethods.LiveSettings.Contains(name))
                throw new UserException($"There is no setting {key} that can be changed during a run; there are "
                    + $"{string.Join(", ", KnownMethods.LiveSettings)}.");
            body[name] = LiveSettingNames.IsWord(name) ? value
                : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? number
                : throw new UserException($"{text}: the value is not a number.");
        }

        return body;
    }

    private static void Tell(JsonObject answer, TextWriter output)
    {
        var changes = answer["changed"] as JsonArray ?? [];
        if (changes.Count == 0) output.WriteLine("These values are already set; nothing was changed.");
        foreach (var change in changes) output.WriteLine($"{change?["setting"]} = {change?["value"]} from step {change?["step"]} on.");
    }
}
