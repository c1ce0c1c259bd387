using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>Maps all endpoints. A new one is a file of its own in this folder and a line here.</summary>
internal static class NodeEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state, HttpLimits limits)
    {
        DashboardEndpoint.Map(routes);
        StatusEndpoint.Map(routes, state);
        ActorsEndpoint.Map(routes, state);
        WorkersEndpoint.Map(routes, state);
        ControlEndpoints.Map(routes, state);
        SettingsEndpoint.Map(routes, state);
        EvaluationEndpoints.Map(routes, state);
        MetricsEndpoint.Map(routes, state);
        QuarantineEndpoint.Map(routes, state);
        EventsEndpoint.Map(routes, state, limits);
        BatchEndpoint.Map(routes, state);
        TelemetryEndpoints.Map(routes, state);
    }
}
