using System.Runtime.InteropServices;
using CACL.Data.Batches;

namespace CACL.Learning.Augmentation;

/// <summary>A part of the bytes that go to the device together.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Bytes">How long it is.</param>
internal readonly record struct UploadPart(int At, int Bytes);

/// <summary>
/// How a batch lies in the bytes that go to the device together: first frames, second frames, then the numbers, each part beginning at a
/// multiple of eight.
/// </summary>
internal readonly record struct UploadLayout
{
    /// <summary>Creates a layout.</summary>
    /// <param name="frames">Bytes of all frames.</param>
    /// <param name="places">How many whole numbers <see cref="StepPlaces"/> has.</param>
    /// <param name="samples">How many the augmentation has.</param>
    /// <param name="values">How many float32 numbers it has.</param>
    /// <param name="boxes">How many float32 numbers <see cref="ViewBoxes"/> has.</param>
    public UploadLayout(int frames, int places, int samples, int values, int boxes)
    {
        Frames = frames;
        Places = new UploadPart((frames + 7) / 8 * 8, places * sizeof(long));
        Samples = new UploadPart(Places.At + Places.Bytes, samples * sizeof(long));
        Boxes = new UploadPart(Samples.At + Samples.Bytes, boxes * sizeof(float));
        Values = new UploadPart((Boxes.At + Boxes.Bytes + 7) / 8 * 8, values * sizeof(float));
    }

    /// <summary>Bytes of all frames, which come first.</summary>
    public int Frames { get; }

    /// <summary>int64, <see cref="StepPlaces"/>.</summary>
    public UploadPart Places { get; }

    /// <summary>int64, <see cref="AugmentationNumbers.Samples"/>.</summary>
    public UploadPart Samples { get; }

    /// <summary>float32, <see cref="AugmentationNumbers.Values"/>.</summary>
    public UploadPart Values { get; }

    /// <summary>float32, <see cref="ViewBoxes"/>.</summary>
    public UploadPart Boxes { get; }

    /// <summary>Bytes in all.</summary>
    public int Size => Values.At + Values.Bytes;

    /// <summary>Writes a batch.</summary>
    public void Fill(Span<byte> memory, IReadOnlyList<FramePair> pairs, long[] places, long[] samples, float[] values, float[] boxes)
    {
        var bytes = Frames / (2 * pairs.Count);
        for (var i = 0; i < pairs.Count; i++)
        {
            pairs[i].First.CopyTo(memory[(i * bytes)..]);
            pairs[i].Second.CopyTo(memory[((pairs.Count + i) * bytes)..]);
        }

        MemoryMarshal.AsBytes(places.AsSpan()).CopyTo(memory[Places.At..]);
        MemoryMarshal.AsBytes(samples.AsSpan()).CopyTo(memory[Samples.At..]);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(memory[Values.At..]);
        MemoryMarshal.AsBytes(boxes.AsSpan()).CopyTo(memory[Boxes.At..]);
    }
}
