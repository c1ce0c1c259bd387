using System.Collections;
using System.Globalization;
using System.Reflection;

namespace CACL.Actors.Tests.Serialization;

/// <summary>
/// Makes messages of any type, each value in them unlike the one that it has where nothing is said, and unlike those around it.
/// </summary>
/// <param name="start">The first of the numbers from which the values are made.</param>
/// <param name="real">A real number to put wherever one belongs; null: one of those numbers.</param>
/// <param name="sparse">Whether what may be missing is missing, and lists are empty.</param>
internal sealed class MessageSamples(int start, double? real = null, bool sparse = false)
{
    private int _next = start;

    /// <summary>A message of the type.</summary>
    public object Of(Type type)
    {
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(c => c.GetParameters() is not [var only] || only.ParameterType != type) // not the one that copies
            .MaxBy(c => c.GetParameters().Length)!;
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => ValueOf(p.ParameterType, MayBeMissing(p)))]);
        var given = constructor.GetParameters().Select(p => p.Name).ToHashSet();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && !given.Contains(p.Name)))
            property.SetValue(made, ValueOf(property.PropertyType, MayBeMissing(property)));
        return made;
    }

    private object? ValueOf(Type type, bool mayBeMissing)
    {
        if (sparse && mayBeMissing) return null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        var number = ++_next;
        if (type == typeof(string)) return $"\"word\" {number} ü\n";
        if (type == typeof(bool)) return true;
        if (type == typeof(double) || type == typeof(float))
            return Convert.ChangeType(real ?? number + 0.1, type, CultureInfo.InvariantCulture);
        if (type == typeof(int) || type == typeof(long) || type == typeof(byte))
            return Convert.ChangeType(number % 200, type, CultureInfo.InvariantCulture);
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 7, 8, 9, 10, 11, TimeSpan.FromHours(2)).AddTicks(number);
        if (type == typeof(TimeSpan)) return TimeSpan.FromTicks(number);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(1 + (number % (Enum.GetValues(type).Length - 1)));
        if (type.IsAssignableTo(typeof(IEnumerable)))
        {
            var item = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
            var items = Array.CreateInstance(item, sparse ? 0 : 2);
            for (var i = 0; i < items.Length; i++) items.SetValue(ValueOf(item, mayBeMissing: false), i);
            return items;
        }

        return Of(type);
    }

    private static bool MayBeMissing(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    private static bool MayBeMissing(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
}
