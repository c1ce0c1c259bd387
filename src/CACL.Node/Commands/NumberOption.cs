using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace CACL.Node.Commands;

/// <summary>
/// Reads an option's number, as its <c>CustomParser</c>. The library's own parser reads numbers as the environment's language writes
/// them: 0.25 is 25 in German.
/// </summary>
internal static class NumberOption
{
    /// <summary>The number; where it is none, or not an allowed one, the command line is at fault.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="allows">Which numbers are allowed.</param>
    /// <param name="allowed">The same in words, such as "a whole number from 1 on".</param>
    public static T Read<T>(ArgumentResult given, Func<T, bool> allows, string allowed)
        where T : struct, INumber<T>
    {
        var option = given.Parent is OptionResult result ? result.Option.Name : given.Argument.Name;
        // How many there may be is the library's to say.
        if (given.Tokens is not [var token]) return default;
        var isWhole = typeof(T) != typeof(double);
        // No thousands: 0,5 would be 5.
        if (!T.TryParse(token.Value, isWhole ? NumberStyles.Integer : NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            given.AddError($"Cannot parse argument '{token.Value}' for option '{option}' as a {(isWhole ? "whole number" : "number")}.");
        else if (!allows(number))
            given.AddError($"{option}: expected {allowed}.");
        return number;
    }
}
