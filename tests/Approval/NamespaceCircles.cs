using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CACL.Testing;

/// <summary>Finds circles among the namespaces of a library, read from what was compiled: signatures, attributes and bodies.</summary>
internal static class NamespaceCircles
{
    /// <summary>Fails if two namespaces need one another, also by way of others; the message names a type for each step of the circle.</summary>
    /// <param name="library">The library.</param>
    public static void AssertNone(System.Reflection.Assembly library)
    {
        using var module = ModuleDefinition.ReadModule(library.Location);
        var needs = Needs(module);
        var circles = needs.Keys.Select(start => Circle(needs, start)).Where(circle => circle is not null).Select(circle => Text(needs, circle!));
        var all = circles.Distinct().ToList();
        Assert.True(all.Count == 0, string.Join("\n", all));
    }

    // For each namespace the others that its types need, with a type that does.
    private static SortedDictionary<string, SortedDictionary<string, string>> Needs(ModuleDefinition module)
    {
        var needs = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var type in module.GetTypes().Where(t => Place(t).Length > 0))
        {
            var from = Place(type);
            if (!needs.TryGetValue(from, out var others)) needs.Add(from, others = new(StringComparer.Ordinal));
            foreach (var used in Used(type).SelectMany(Parts).Where(t => t.Scope == module && Place(t) is { Length: > 0 } place && place != from))
                others.TryAdd(Place(used), $"{Outer(type).Name} needs {Outer(used).Name}");
        }

        return needs;
    }

    private static IEnumerable<TypeReference?> Used(TypeDefinition type)
    {
        IEnumerable<TypeReference?> used =
        [
            type.BaseType, .. type.Interfaces.Select(i => i.InterfaceType), .. type.Fields.Select(f => f.FieldType),
            .. type.GenericParameters.SelectMany(g => g.Constraints).Select(c => c.ConstraintType), .. type.CustomAttributes.SelectMany(Used),
        ];
        return used.Concat(type.Methods.SelectMany(Used));
    }

    private static IEnumerable<TypeReference?> Used(CustomAttribute attribute) =>
        [attribute.AttributeType, .. attribute.ConstructorArguments.Select(a => a.Value as TypeReference)];

    private static IEnumerable<TypeReference?> Used(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature = [method.ReturnType, .. method.Parameters.Select(p => p.ParameterType)];
        return method.HasBody
            ? signature.Concat(method.Body.Variables.Select(v => v.VariableType)).Concat(method.Body.Instructions.SelectMany(Used))
            : signature;
    }

    private static IEnumerable<TypeReference?> Used(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod call => [call.DeclaringType, call.ReturnType, .. call.GenericArguments],
        MethodReference call => [call.DeclaringType, call.ReturnType],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    // List<Tensor[]> is a List and a Tensor.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification of => Parts(of.ElementType),
        _ => [type],
    };

    private static TypeReference Outer(TypeReference type) => type.DeclaringType is { } outer ? Outer(outer) : type;

    private static string Place(TypeReference type) => Outer(type).Namespace;

    // The shortest way from a namespace back to itself; null: there is none.
    private static List<string>? Circle(SortedDictionary<string, SortedDictionary<string, string>> needs, string start)
    {
        var ways = new Queue<List<string>>([[start]]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ways.TryDequeue(out var way))
        {
            foreach (var next in needs[way[^1]].Keys.Where(needs.ContainsKey))
            {
                if (next == start) return way;
                if (seen.Add(next)) ways.Enqueue([.. way, next]);
            }
        }

        return null;
    }

    private static string Text(SortedDictionary<string, SortedDictionary<string, string>> needs, List<string> circle)
    {
        // A circle is met from each of its places: it is told from the first of them.
        var first = circle.IndexOf(circle.Min(StringComparer.Ordinal)!);
        List<string> turned = [.. circle[first..], .. circle[..first], circle[first]];
        return string.Join(", ", turned.Zip(turned.Skip(1), (from, to) => $"{from} → {to} ({needs[from][to]})"));
    }
}
