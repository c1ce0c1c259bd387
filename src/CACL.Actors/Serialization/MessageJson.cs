using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CACL.Actors.Serialization;

/// <summary>How messages are written as JSON. What a message must hold is there when it has been read, or it is refused.</summary>
internal static class MessageJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // losses that are not finite are told of
        IgnoreReadOnlyProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireAllOfStructs } },
    };

    /// <summary>A struct is read without its constructor, so nothing would be required of it.</summary>
    private static void RequireAllOfStructs(JsonTypeInfo type)
    {
        if (!type.Type.IsValueType || type.Kind != JsonTypeInfoKind.Object) return;
        foreach (var property in type.Properties.Where(property => property.Set is not null)) property.IsRequired = true;
    }
}
