using System.Net;
using CACL.Actors.Certificates;

namespace CACL.Actors.Membership;

/// <summary>Where a process of a cluster can be reached, and how it shows who it is.</summary>
public sealed record ClusterMember
{
    /// <summary>What the trainer is in the cluster.</summary>
    public const string Trainer = "trainer";

    /// <summary>What a worker is that decodes.</summary>
    public const string Decoder = "decoder";

    /// <summary>What a worker is that evaluates.</summary>
    public const string Evaluator = "evaluator";

    /// <summary>The role: <see cref="Trainer"/>, <see cref="Decoder"/> or <see cref="Evaluator"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Name or address of this machine, as the other processes know it.</summary>
    public required string Host { get; init; }

    /// <summary>The port of the actor systems; 0: any.</summary>
    public required int Port { get; init; }

    /// <summary>The trainer's port for plans and pairs; 0: any.</summary>
    public int DataPort { get; init; }

    /// <summary>What it shows, and whom it trusts; null: nothing is encrypted, which is for one machine alone.</summary>
    public NodeCertificate? Certificate { get; init; }

    /// <summary>How long after a process became silent the cluster goes on without it.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The protocol of the actor systems' addresses.</summary>
    internal string Protocol => Certificate is null ? "akka.tcp" : "akka.ssl.tcp";

    /// <summary>Returns whether a host is this machine alone, as far as its name says.</summary>
    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
