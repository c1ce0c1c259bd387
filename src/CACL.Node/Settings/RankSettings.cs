using CACL.Configuration.Reading;
using CACL.Data.Wording;

namespace CACL.Node.Settings;

/// <summary>Over what ranks exchange the tensors of a step.</summary>
internal enum RankCollectives
{
    /// <summary>NCCL where several ranks train on cards, otherwise MPI.</summary>
    Auto,

    /// <summary>MPI, through the host's memory.</summary>
    Mpi,

    /// <summary>NCCL, between cards; also where there is one rank.</summary>
    Nccl,
}

/// <summary>Settings under <c>cacl.ranks</c>; reference.conf says what each means.</summary>
internal sealed record RankSettings
{
    /// <summary>How long an exchange between ranks may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Over what they exchange the tensors of a step.</summary>
    public required RankCollectives Collectives { get; init; }

    /// <summary>How often the ranks are started again after one was lost.</summary>
    public required int Restarts { get; init; }

    public static RankSettings Read(SettingsReader reader) => new()
    {
        Restarts = reader.Integer("cacl.ranks.restarts", 0, 1000),
        Timeout = reader.Duration("cacl.ranks.timeout", TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        Collectives = reader.Choice(
            SettingNames.RankCollectives, ("auto", RankCollectives.Auto), ("mpi", RankCollectives.Mpi), ("nccl", RankCollectives.Nccl)),
    };
}
