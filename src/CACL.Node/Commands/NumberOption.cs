using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace CACL.Node.Commands;

/// <summary>
/// Parses an option's number; used as its <c>CustomParser</c>. The library's own parser reads numbers in the culture of the environment:
/// 0.25 is 25 in German.
/// </summary>
internal static class NumberOption
{
    /// <summary>Returns the number; if it is none, or not allowed, reports an error in the command line.</summary>
    /// <param name="given">The value on the command line.</param>
    /// <param name="allows">Returns whether a number is allowed.</param>
    /// <param name="allowed">The same in words, such as "a whole number from 1 on".</param>
    public static T Read<T>(ArgumentResult given, Func<T, bool> allows, string allowed)
        where T : struct, INumber<T>
    {
        // The number of values is checked by the library.
        return given.Tokens is [var token] ? Read(given, token.Value, allows, allowed) : default;
    }

    /// <summary>Returns the numbers; reports the first that is none, or not allowed, as an error in the command line.</summary>
    /// <param name="given">The values on the command line.</param>
    /// <param name="allows">Returns whether a number is allowed.</param>
    /// <param name="allowed">The same in words, such as "whole numbers from 1 on".</param>
    public static T[] ReadAll<T>(ArgumentResult given, Func<T, bool> allows, string allowed)
        where T : struct, INumber<T>
    {
        var numbers = new List<T>();
        foreach (var token in given.Tokens)
        {
            numbers.Add(Read(given, token.Value, allows, allowed));
            if (given.Errors.Any()) break;
        }

        return [.. numbers];
    }

    /// <summary>Reports a value that is not allowed as an error in the command line.</summary>
    /// <param name="given">The value on the command line.</param>
    /// <param name="allowed">What is allowed, in words.</param>
    public static void Refuse(ArgumentResult given, string allowed) => given.AddError($"{NameOf(given)}: expected {allowed}.");

    private static string NameOf(ArgumentResult given) => given.Parent is OptionResult result ? result.Option.Name : given.Argument.Name;

    private static T Read<T>(ArgumentResult given, string text, Func<T, bool> allows, string allowed)
        where T : struct, INumber<T>
    {
        var isWhole = typeof(T) != typeof(double);
        // Thousands separators are not allowed: 0,5 would be 5.
        if (!T.TryParse(text, isWhole ? NumberStyles.Integer : NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            given.AddError($"Cannot parse argument '{text}' for option '{NameOf(given)}' as a {(isWhole ? "whole number" : "number")}.");
        else if (!allows(number))
            Refuse(given, allowed);
        return number;
    }
}
