namespace CACL.Fuzz.Tests.Targets;

/// <summary>
/// A part of the program that reads what others wrote. It may refuse an input only with the errors that it promises; anything else that it
/// throws is a finding, and so is an input that takes too long or too much memory.
/// </summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>Valid inputs, from which the others are made.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Words of the format, which mutations put in.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>Makes an input pass the checks that would stop most of them at once, such as checksums; may return it as it is.</summary>
    byte[] Mend(byte[] input) => input;

    /// <summary>Reads an input.</summary>
    /// <returns>Whether it was accepted; false: it was refused as promised.</returns>
    bool Read(byte[] input);
}
