using System.Globalization;
using System.Text;

namespace CACL.Configuration.Keys;

/// <summary>
/// The page hocon/README.md: presets, the rules of overriding, and every key, generated from reference.conf so that it cannot be wrong.
/// </summary>
public static class KeyPage
{
    private const string Head =
        """
        # Settings

        <!-- Made from src/CACL.Configuration/Keys/reference.conf by: tools/cacl config keys > hocon/README.md -->

        | preset | what it is for |
        |---|---|
        | [demo.conf](demo.conf) | a few minutes on a few CPU cores: a complete run at small scale |
        | [docker-demo.conf](docker-demo.conf) | the demo of `docker compose up`: the same, evaluated more often |
        | [small.conf](small.conf) | some hundreds of clips of your own: what differs from the paper, and why |
        | [kinetics-r18.conf](kinetics-r18.conf) | the paper's ResNet-18 on Kinetics-400, from scratch |
        | [kinetics-r50.conf](kinetics-r50.conf) | the paper's ResNet-50, from MoCo-v2's ImageNet weights |
        | [imagenet.conf](imagenet.conf) | still images instead of videos, beside the settings of any training |

        [methods/](methods) has the settings of CACL's rivals: MoCo-v2, SimCLR, BYOL, DenseCL and PixPro. `cacl.method = moco-v2` in a file of settings, or `--set cacl.method=moco-v2` beside `--config`, brings the method's file along; for a rival as published, `--config hocon/methods/moco-v2.conf` is enough.

        [tables/](tables) has a preset for every row of the paper's tables; [studies/](studies) has the tables themselves, for `cacl study`. A study is a HOCON file, too. Its section `study` has
        `title`, `seeds`, `evaluate-every-steps` (0: only at the end), `keep-checkpoints`, `evaluation-deadline`, `compare-with` (the row with which the others are compared image by image; otherwise the first), `datasets` (as `cacl.evaluation.datasets`, without periods, each with a name, and if wanted with `sweep-learning-rate`: true or a list of rates), `files` (paths to refer to) and `rows`.
        Each row has a `name`, one of `preset` (optionally with `init-from` and `settings`), `random = true` (optionally with `backbone`) or `checkpoint`, and the `paper`'s value. A section `cacl` changes every row in the same way.

        A setting takes its value from the strongest of these: `--set key=value`, an environment variable, the files of `--config` (the last one first), the chosen method's file in [methods/](methods), the default below.
        The run folder's `config.resolved.conf` holds every key with its value and where it came from.

        - **Environment.** The variable is the key in capitals, with `_` for every `.` and `-`: `CACL_DATA_CROP_SIZE=64` sets `cacl.data.crop-size`. A variable that is named like a setting but matches no key is an error.
          Inside a file, `${?VIDEOS}` stands for the variable VIDEOS unless there is a key of this name; `a = x` followed by `a = ${?VIDEOS}` keeps x if there is neither.
        - **Files** are HOCON: `include "other.conf"` (relative to the including file; a missing file is an error), `key = value`, sections, `+=`, `${other.key}`, and `# comments` with a space before them.
        - **Units.** Durations: `200ms`, `30s`, `5 minutes`, `2h`. Sizes: `256 MiB`, `1.5 GiB`, `2 GB`, or a number of bytes. Booleans: `true`/`false`, `yes`/`no`, `on`/`off`.
        - A key that is not listed here is an error. Besides `cacl`, only `akka` is allowed; it goes to the actor system unchanged.

        Where a default comes from: [P] stated by the paper, [M] taken from MoCo-v2, [U] unstated, our choice, [O] an option that the paper ablates or that changes the method.
        No mark: how the program runs, not the method.

        """;

    /// <summary>Returns the page.</summary>
    public static string Render()
    {
        var page = new StringBuilder(Head);
        var lines = ReferenceFile.Text.Split('\n');
        var section = "";
        foreach (var (key, value) in KnownKeys.Defaults)
        {
            if (Section(key) != section)
            {
                section = Section(key);
                page.Append(CultureInfo.InvariantCulture, $"\n## {section}\n\n| key | default | meaning |\n|---|---|---|\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"| `{key}` | `{value}` | {Cell(Comment(lines, value.Origin.Line))} |\n");
        }

        return page.ToString();
    }

    /// <summary>Returns the comment above a line of reference.conf, as one paragraph.</summary>
    /// <param name="lines">The lines of reference.conf.</param>
    /// <param name="line">The line, counted from 1.</param>
    public static string Comment(IReadOnlyList<string> lines, int line)
    {
        var first = line - 1;
        while (first > 0 && lines[first - 1].TrimStart().StartsWith('#')) first--;
        return string.Join(' ', lines.Skip(first).Take(line - 1 - first).Select(l => l.Trim().TrimStart('#').Trim()));
    }

    private static string Section(string key) => key.Count(c => c == '.') > 1 ? key[..key.IndexOf('.', "cacl.".Length)] : "cacl";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
