using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Confidence;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// The class that each cluster stands for, by the labels of all scored images together. With as many clusters as classes, or fewer, each
/// gets a class of its own so that as many pixels as possible are right (Hungarian algorithm). With more, each gets the class of most of
/// its pixels, so that a class may have several clusters or none.
/// </summary>
/// <param name="Classes">The class of each cluster.</param>
public sealed record ClusterAssignment(IReadOnlyList<int> Classes)
{
    /// <summary>Finds the assignment.</summary>
    /// <param name="counts">Pixels of each label and cluster; clusters are its predictions.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="clusters">Number of clusters.</param>
    public static ClusterAssignment Of(ConfusionMatrix counts, int classes, int clusters)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var pixels = new long[clusters, classes];
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            for (var label = 0; label < classes; label++) pixels[cluster, label] = counts.Count(label, cluster);
        }

        return new ClusterAssignment(
            clusters <= classes
                ? LinearAssignment.Greatest(pixels)
                : [.. Enumerable.Range(0, clusters).Select(k => Enumerable.Range(0, classes).MaxBy(label => pixels[k, label]))]);
    }

    /// <summary>Returns the confusion matrix of the classes.</summary>
    /// <param name="counts">Pixels of each label and cluster.</param>
    /// <param name="classes">Number of classes.</param>
    public ConfusionMatrix Apply(ConfusionMatrix counts, int classes)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var mapped = new long[classes * classes];
        for (var cluster = 0; cluster < Classes.Count; cluster++)
        {
            for (var label = 0; label < classes; label++)
                mapped[(label * classes) + Classes[cluster]] += counts.Count(label, cluster);
        }

        return new ConfusionMatrix(classes, mapped);
    }

    /// <summary>Returns the images' counts of the classes, likewise.</summary>
    public ImageCounts Apply(ImageCounts images, int classes)
    {
        ArgumentNullException.ThrowIfNull(images);
        var mapped = new ImageCounts(classes);
        for (var image = 0; image < images.Images; image++) mapped.Add(Apply(images.Matrix(image), classes).Counts);
        return mapped;
    }

    /// <summary>Returns a map of classes for a map of clusters.</summary>
    public LabelMap Apply(LabelMap clusters)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        return new LabelMap(clusters.Width, clusters.Height, [.. clusters.Classes.Select(cluster => (byte)Classes[cluster])]);
    }
}
