using CACL.Configuration.Reading;

namespace CACL.Configuration.Tests.Reading;

public sealed class FilePathsTests
{
    [Fact]
    public void A_path_below_the_current_folder_is_shown_from_there_and_any_other_whole()
    {
        var here = Environment.CurrentDirectory;
        Assert.Equal("runs/first", FilePaths.Shown(Path.Combine(here, "runs", "first")));
        Assert.Equal("..runs", FilePaths.Shown(Path.Combine(here, "..runs")));
        Assert.Equal(Path.GetDirectoryName(here), FilePaths.Shown(Path.Combine(here, "..")));
        Assert.Equal("/somewhere/else", FilePaths.Shown("/somewhere/else/../else"));
    }
}
