using CACL.Node.Demo;
using CACL.Testing;

namespace CACL.Node.Tests.Demo;

public sealed class SyntheticSceneTests
{
    private const int Width = 128;
    private const int Height = 96;
    private const int Scenes = 80;

    private static readonly int Classes = Enum.GetValues<SyntheticClass>().Length;

    [Fact]
    public void A_scene_is_a_function_of_its_seed_and_moves()
    {
        var (one, same, other, later) = (Draw(3, 0), Draw(3, 0), Draw(4, 0), Draw(3, 8));
        Assert.Equal(one.Rgb, same.Rgb);
        Assert.Equal(one.Labels, same.Labels);
        Assert.NotEqual(one.Rgb, other.Rgb);
        Assert.NotEqual(one.Labels, later.Labels);
    }

    [Fact]
    public void Every_class_is_seen_and_has_a_name_and_a_colour()
    {
        Assert.Equal(Classes, SyntheticClasses.Lines.Count);
        var pixels = Enumerable.Range(0, Scenes).SelectMany(seed => Draw(seed, 0).Labels).GroupBy(label => label).ToDictionary(
            label => (int)label.Key, label => label.Count() / (double)(Scenes * Width * Height));
        Each.Holds(Enumerable.Range(0, Classes), kind => Assert.InRange(pixels.GetValueOrDefault(kind), 0.04, 0.3));
    }

    [Fact]
    public void A_pixels_colour_says_little_about_its_class()
    {
        var sums = new double[Classes, 4];
        foreach (var (label, colour) in Pixels(seed => seed % 2 == 0))
        {
            for (var channel = 0; channel < 3; channel++) sums[label, channel] += colour[channel];
            sums[label, 3]++;
        }

        var (right, all) = (0, 0);
        foreach (var (label, colour) in Pixels(seed => seed % 2 == 1))
        {
            var nearest = Enumerable.Range(0, Classes).MinBy(kind => Enumerable.Range(0, 3).Sum(
                channel => Math.Pow((sums[kind, channel] / sums[kind, 3]) - colour[channel], 2)));
            all++;
            if (nearest == label) right++;
        }

        // Guessing is right for one pixel in eight.
        Assert.InRange(right / (double)all, 0.05, 0.25);
    }

    private static IEnumerable<(int Label, byte[] Colour)> Pixels(Func<int, bool> which)
    {
        foreach (var seed in Enumerable.Range(0, Scenes).Where(which))
        {
            var (rgb, labels) = Draw(seed, 0);
            for (var at = 0; at < labels.Length; at += 7) yield return (labels[at], rgb[(3 * at)..((3 * at) + 3)]);
        }
    }

    private static (byte[] Rgb, byte[] Labels) Draw(int seed, int frame)
    {
        var (rgb, labels) = (new byte[Width * Height * 3], new byte[Width * Height]);
        new SyntheticScene(seed, Width, Height).Draw(frame, rgb, labels);
        return (rgb, labels);
    }
}
