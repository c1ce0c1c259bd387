using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CACL.Testing;

namespace CACL.Node.Tests.Outside;

/// <summary>Checks what comes from others: locked, listed in a publish, and named with its licence.</summary>
public sealed partial class SupplyTests
{
    private static readonly string Product = Path.Combine(Workspace.Root, "src", "CACL.Node");

    // Tools of the build, none of which is in the output.
    private static readonly string[] NotShipped = ["Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    [Fact]
    public void Every_project_has_a_lock_file_with_the_hash_of_each_package()
    {
        var projects = ((string[])["src", "tests"]).SelectMany(
            folder => Directory.EnumerateFiles(Path.Combine(Workspace.Root, folder), "*.csproj", SearchOption.AllDirectories));
        Each.Holds(projects, project =>
        {
            var file = Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json");
            Assert.True(File.Exists(file), $"{file} is missing: dotnet restore writes it.");
            foreach (var (name, package) in Packages(file))
            {
                Assert.Matches("^[A-Za-z0-9+/]{86}==$", package.GetProperty("contentHash").GetString());
                Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9A-Za-z.-]+$", package.GetProperty("resolved").GetString());
            }
        });
    }

    [Fact]
    public void A_package_that_is_asked_for_has_one_version_and_no_range()
    {
        var versions = XDocument.Load(Path.Combine(Workspace.Root, "Directory.Packages.props")).Descendants("PackageVersion").ToList();
        Each.Holds(versions, version => Assert.Matches("^([0-9][0-9A-Za-z.-]*|\\$\\([A-Za-z]+\\))$", version.Attribute("Version")!.Value));
    }

    [Fact]
    public void Every_package_that_ships_is_named_with_its_licence()
    {
        var page = File.ReadAllLines(Path.Combine(Workspace.Root, "docs", "third-party.md"));
        var told = page.Select(line => Row().Match(line)).Where(row => row.Success && row.Groups["name"].Value != "package")
            .ToDictionary(row => row.Groups["name"].Value, row => row.Groups["licence"].Value);
        var shipped = Packages(Path.Combine(Product, "packages.lock.json")).Where(p => !NotShipped.Contains(p.Name)).ToList();
        Assert.Equal(shipped.Select(p => p.Name).Order(StringComparer.Ordinal), told.Keys.Order(StringComparer.Ordinal));
        Each.Holds(shipped, package =>
        {
            var (name, version) = (package.Name.ToLowerInvariant(), package.Package.GetProperty("resolved").GetString()!);
            var file = Path.Combine(PackageFolder, name, version.ToLowerInvariant(), name + ".nuspec");
            var metadata = XDocument.Load(file).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
            Assert.Equal(metadata.Elements().Single(e => e.Name.LocalName == "license").Value, told[package.Name]);
        });
        // Those that a company could not ship beside its own code are none of them.
        Each.Holds(told.Values.Distinct(), licence => Assert.Contains(licence, (string[])["MIT", "MIT-0", "Apache-2.0", "BSD-3-Clause"]));
    }

    [Fact]
    public void A_publish_lists_what_it_carries()
    {
        LongTests.Only("A run of the build");
        using var folder = new TemporaryFolder();
        using var build = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["msbuild", Product, "-t:WriteBillOfMaterials", "-p:Configuration=Release", "-p:BuildProjectReferences=false",
                $"-p:PublishDir={folder.Path}/", "-nologo", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = build.StandardOutput.ReadToEnd();
        Assert.True(build.WaitForExit(TimeSpan.FromMinutes(2)) && build.ExitCode == 0, output);
        var bill = JsonDocument.Parse(File.ReadAllText(folder.File("sbom.cdx.json"))).RootElement;
        Assert.Equal("CycloneDX", bill.GetProperty("bomFormat").GetString());
        var listed = bill.GetProperty("components").EnumerateArray()
            .Select(c => $"{c.GetProperty("name").GetString()}/{c.GetProperty("version").GetString()}").ToList();
        var libraries = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CACL.Node.deps.json"))).RootElement
            .GetProperty("targets").EnumerateObject().Single(t => t.Name.Contains("linux-x64", StringComparison.Ordinal)).Value;
        // Files of its own make a package part of the program; others only name packages.
        var carried = libraries.EnumerateObject()
            .Where(l => !l.Name.StartsWith("CACL.", StringComparison.Ordinal)
                && (l.Value.TryGetProperty("runtime", out _) || l.Value.TryGetProperty("native", out _)))
            .Select(l => l.Name);
        var libtorch = XDocument.Load(Path.Combine(Workspace.Root, "Directory.Packages.props")).Descendants("LibTorchVersion").Single().Value;
        Assert.Equal(carried.Append($"libtorch-cpu-linux-x64/{libtorch}").Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_package_that_ships_has_a_known_vulnerability()
    {
        LongTests.Only("A question to the package source");
        using var asking = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["list", Product, "package", "--vulnerable", "--include-transitive", "--no-restore", "--format", "json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var cancel = TestContext.Current.CancellationToken;
        var (output, error) = (asking.StandardOutput.ReadToEndAsync(cancel), asking.StandardError.ReadToEndAsync(cancel));
        if (!asking.WaitForExit(TimeSpan.FromSeconds(25)))
        {
            asking.Kill(entireProcessTree: true);
            Assert.Skip("No package source said within 25 s which packages are vulnerable.");
        }

        Assert.SkipUnless(asking.ExitCode == 0, $"The package source could not be asked: {await output}{await error}");
        var answer = JsonDocument.Parse(await output).RootElement;
        Assert.SkipWhen(answer.TryGetProperty("problems", out var problems), $"The package source does not know: {problems}");
        var projects = answer.GetProperty("projects").EnumerateArray().ToList();
        Assert.Contains(projects, project => project.GetProperty("path").GetString()!.EndsWith("CACL.Node.csproj", StringComparison.Ordinal));
        // Only those that have a vulnerable package have anything but a path.
        Each.Holds(projects, project => Assert.False(project.TryGetProperty("frameworks", out _), $"{project}"));
    }

    private static string PackageFolder =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [GeneratedRegex(@"^\| (?<name>\S+) \| (?<licence>[A-Za-z0-9.-]+) \|")]
    private static partial Regex Row();

    private static IEnumerable<(string Name, JsonElement Package)> Packages(string lockFile) =>
        JsonDocument.Parse(File.ReadAllText(lockFile)).RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .DistinctBy(package => package.Name)
            .Select(package => (package.Name, package.Value));
}
