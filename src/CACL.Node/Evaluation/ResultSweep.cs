namespace CACL.Node.Evaluation;

/// <summary>What a learning-rate sweep found, as it is written.</summary>
/// <param name="ChosenRate">The rate that is best on the held-out images, whose scores are the result's; null: none could be chosen, and
/// they are those of the protocol's own rate.</param>
/// <param name="ProtocolRate">The protocol's own rate.</param>
/// <param name="HeldOutImages">The number of training images that were held out.</param>
/// <param name="Undecided">Rates whose mIoU on the held-out images cannot be told from that of the chosen one.</param>
/// <param name="Summary">The same in words.</param>
/// <param name="Rates">Each rate, in ascending order.</param>
internal sealed record ResultSweep(
    double? ChosenRate, double ProtocolRate, int HeldOutImages, double[] Undecided, string Summary, ResultSweptRate[] Rates);

/// <summary>A rate of a sweep; without figures if its classifier diverged.</summary>
/// <param name="LearningRate">The rate at the start of the cosine.</param>
/// <param name="Diverged">Whether the classifier diverged.</param>
/// <param name="TrainLoss">Mean loss of the last epoch on all training images, nats per pixel.</param>
/// <param name="HeldOutMiou">mIoU on the held-out images of a classifier that learnt from the others.</param>
/// <param name="HeldOutInterval">Its interval over the held-out images.</param>
/// <param name="Miou">mIoU on the test images, of the classifier that learnt from all training images.</param>
/// <param name="Macc">mAcc on the test images.</param>
/// <param name="Aacc">aAcc on the test images.</param>
/// <param name="Intervals">The intervals over the test images.</param>
internal sealed record ResultSweptRate(
    double LearningRate, bool Diverged, double? TrainLoss, double? HeldOutMiou, double[]? HeldOutInterval, double? Miou, double? Macc,
    double? Aacc, ResultIntervals? Intervals);
