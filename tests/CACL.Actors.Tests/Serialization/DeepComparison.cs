using System.Collections;
using System.Reflection;

namespace CACL.Actors.Tests.Serialization;

/// <summary>Compares messages by all that can be read of them, to the bit.</summary>
internal static class DeepComparison
{
    /// <summary>Where two values differ, as a path; null: nowhere.</summary>
    public static string? Difference(object? one, object? other, string at = "")
    {
        if (one is null || other is null) return one is null && other is null ? null : at;
        if (one is double a && other is double b)
            return BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || double.IsNaN(a) && double.IsNaN(b) ? null : at;
        if (one.GetType().IsPrimitive || one is string or Enum or TimeSpan) return one.Equals(other) ? null : at;
        if (one is DateTimeOffset time) return other is DateTimeOffset same && time.EqualsExact(same) ? null : at;
        if (one is IEnumerable list)
        {
            var (items, others) = (list.Cast<object?>().ToList(), ((IEnumerable)other).Cast<object?>().ToList());
            return items.Count != others.Count
                ? $"{at}.Count"
                : items.Select((item, i) => Difference(item, others[i], $"{at}[{i}]")).FirstOrDefault(found => found is not null);
        }

        return one.GetType() != other.GetType()
            ? at
            : Readable(one).Select(p => Difference(p.GetValue(one), p.GetValue(other), $"{at}.{p.Name}"))
                .FirstOrDefault(found => found is not null);
    }

    /// <summary>Where a value is missing that its type says is there, as a path; null: nowhere.</summary>
    public static string? Missing(object? value, string at = "")
    {
        if (value is null || value.GetType().IsPrimitive || value is string or Enum or TimeSpan or DateTimeOffset) return null;
        if (value is IEnumerable list)
            return list.Cast<object?>().Select((item, i) => Missing(item, $"{at}[{i}]")).FirstOrDefault(found => found is not null);
        var nullability = new NullabilityInfoContext();
        return Readable(value)
            .Where(p => p.GetSetMethod(nonPublic: true) is not null) // the others are computed from these
            .Select(p => p.GetValue(value) is { } there
                ? Missing(there, $"{at}.{p.Name}")
                : nullability.Create(p).ReadState == NullabilityState.NotNull ? $"{at}.{p.Name}" : null)
            .FirstOrDefault(found => found is not null);
    }

    private static IEnumerable<PropertyInfo> Readable(object value) =>
        value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0);
}
