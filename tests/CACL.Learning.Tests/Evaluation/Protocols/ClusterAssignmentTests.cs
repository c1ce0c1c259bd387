using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Protocols;
using CsCheck;

namespace CACL.Learning.Tests.Evaluation.Protocols;

public sealed class ClusterAssignmentTests
{
    [Fact]
    public void Clusters_that_are_the_classes_in_another_order_are_told_without_a_fault() =>
        Gen.Shuffle(new[] { 0, 1, 2, 3, 4 }).Sample(order =>
        {
            var counts = new long[25];
            for (var label = 0; label < 5; label++) counts[(label * 5) + order[label]] = 10 * (label + 1);
            var confusion = new ConfusionMatrix(5, counts);
            var assignment = ClusterAssignment.Of(confusion, 5, 5);
            Assert.Equal(1, assignment.Apply(confusion, 5).Scores().MeanIou);
            for (var label = 0; label < 5; label++) Assert.Equal(label, assignment.Classes[order[label]]);
        });

    [Fact]
    public void As_many_clusters_as_classes_get_one_each_though_two_are_mostly_of_one()
    {
        // Both clusters hold mostly label 0; the second is worth more there.
        var counts = new ConfusionMatrix(2, [60, 90, 30, 10]);
        var assignment = ClusterAssignment.Of(counts, 2, 2);
        Assert.Equal([1, 0], assignment.Classes);
        Assert.Equal([90, 60, 10, 30], assignment.Apply(counts, 2).Counts);
    }

    [Fact]
    public void More_clusters_than_classes_get_the_class_of_most_of_their_pixels()
    {
        // Labels in rows, clusters in columns; the last two rows are no classes and stay empty.
        var counts = new ConfusionMatrix(4, [60, 90, 0, 2, 30, 10, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
        var assignment = ClusterAssignment.Of(counts, 2, 4);
        Assert.Equal([0, 0, 0, 1], assignment.Classes);
        Assert.Equal([150, 2, 40, 7], assignment.Apply(counts, 2).Counts);
    }

    [Fact]
    public void Fewer_clusters_than_classes_leave_classes_that_are_never_predicted()
    {
        var counts = new ConfusionMatrix(3, [5, 1, 0, 9, 2, 0, 0, 8, 0]);
        var assignment = ClusterAssignment.Of(counts, 3, 2);
        Assert.Equal([1, 2], assignment.Classes);
        Assert.Equal([0, 5, 1, 0, 9, 2, 0, 0, 8], assignment.Apply(counts, 3).Counts);
    }
}
