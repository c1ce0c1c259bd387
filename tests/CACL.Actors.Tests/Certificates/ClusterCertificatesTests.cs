using System.Net;
using System.Runtime.Versioning;
using CACL.Actors.Certificates;
using CACL.Actors.Links;
using CACL.Testing;

namespace CACL.Actors.Tests.Certificates;

/// <summary>Who is let in by the certificates that <c>cacl cluster certificates</c> makes.</summary>
public sealed class ClusterCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Now;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_worker_and_the_trainer_of_one_authority_speak_with_each_other()
    {
        Made("one");
        Assert.Null(Meet(Trainer("one"), Worker("one")));
    }

    [Fact]
    public void Who_is_of_another_authority_shows_nothing_or_speaks_plainly_is_turned_away()
    {
        Made("one");
        Made("other");
        Assert.NotNull(Meet(Trainer("one"), Worker("other")));
        Assert.NotNull(Meet(Trainer("one"), null));
        Assert.NotNull(Meet(null, Worker("one")));
    }

    [Fact]
    public void A_worker_cannot_pass_for_the_trainer()
    {
        Made("one");
        var why = Meet(NodeCertificate.Read(_folder.File("one"), ClusterCertificates.Worker, Now), Worker("one"));
        Assert.Contains("is no trainer of this cluster", why);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Keys_are_their_owners_alone_and_a_second_call_keeps_the_authority()
    {
        Assert.True(Made("one"));
        var old = Worker("one");
        Assert.False(Made("one"));
        Assert.Null(Meet(Trainer("one"), old));
        Assert.NotEqual(old.Certificate.SerialNumber, Worker("one").Certificate.SerialNumber);
        Each.Holds(Directory.GetFiles(_folder.File("one"), "*.key"), key => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key)));
    }

    [Fact]
    public void A_certificate_whose_time_is_over_or_whose_files_are_not_of_one_kind_is_refused_in_words()
    {
        ClusterCertificates.Make(_folder.File("old"), Now.AddYears(-11));
        var expired = Assert.Throws<CertificateException>(() => Worker("old"));
        Assert.Contains("Make it anew with: cacl cluster certificates", expired.Message);
        Made("one");
        Made("other");
        File.Copy(_folder.File("other/ca.pem"), _folder.File("one/ca.pem"), overwrite: true);
        Assert.Contains("is not a certificate of", Assert.Throws<CertificateException>(() => Worker("one")).Message);
        File.Delete(_folder.File("one/worker.key"));
        var missing = Assert.Throws<CertificateException>(() => Worker("one"));
        Assert.Contains("A machine needs ca.pem, worker.pem and worker.key there", missing.Message);
    }

    private bool Made(string name) => ClusterCertificates.Make(_folder.File(name), Now);

    private NodeCertificate Trainer(string name) => NodeCertificate.Read(_folder.File(name), ClusterCertificates.Trainer, Now);

    private NodeCertificate Worker(string name) => NodeCertificate.Read(_folder.File(name), ClusterCertificates.Worker, Now);

    /// <summary>Has a worker show a ticket to a trainer. Returns why that does not work, as the worker or the trainer says it.</summary>
    private static string? Meet(NodeCertificate? trainer, NodeCertificate? worker)
    {
        var heard = new TaskCompletionSource<string?>();
        using var listener = LinkListener.Start(
            IPAddress.Loopback, 0, trainer,
            (ticket, stream) =>
            {
                stream.Dispose();
                heard.TrySetResult(ticket == "ticket" ? null : ticket);
            },
            why => heard.TrySetResult(why));
        try
        {
            using var stream = LinkStream.Connect("127.0.0.1", listener.Port, worker);
            stream.Write(LinkFrame.Hello, "ticket"u8);
            return heard.Task.WaitAsync(Eventually.Patience).GetAwaiter().GetResult();
        }
        catch (LinkException refused)
        {
            return refused.Message;
        }
    }
}
