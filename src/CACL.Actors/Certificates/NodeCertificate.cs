using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CACL.Data.Files;
using CACL.Data.Wording;

namespace CACL.Actors.Certificates;

/// <summary>
/// What a process shows to the others of a cluster, and by what it knows them: a certificate with its key, and the one authority whose
/// certificates it accepts, instead of all those that the machine trusts.
/// </summary>
public sealed class NodeCertificate : IDisposable
{
    /// <summary>The name in the trainer's certificate.</summary>
    public const string TrainerName = "trainer.cluster.internal";

    /// <summary>The name in the workers' certificate.</summary>
    public const string WorkerName = "worker.cluster.internal";

    private readonly X509Certificate2 _authority;

    private NodeCertificate(X509Certificate2 certificate, X509Certificate2 authority) =>
        (Certificate, _authority) = (certificate, authority);

    /// <summary>This process's certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Reads a certificate of a folder that <see cref="ClusterCertificates.Make"/> filled, or one filled alike.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">The certificate's file in it.</param>
    /// <param name="now">The present time.</param>
    /// <exception cref="CertificateException">A file is missing or damaged, or the certificate is not valid now.</exception>
    public static NodeCertificate Read(string folder, string file, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(file);
        var (path, key) = (Path.Combine(folder, file), Path.Combine(folder, ClusterCertificates.KeyOf(file)));
        var authority = Path.Combine(folder, ClusterCertificates.Authority);
        X509Certificate2? read = null;
        try
        {
            read = X509Certificate2.CreateFromPem(RegularFile.ReadAllText(path), RegularFile.ReadAllText(key));
            var own = new NodeCertificate(read, X509Certificate2.CreateFromPem(RegularFile.ReadAllText(authority)));
            if (own.WhyNot(read) is not { } why) return own;
            throw new CertificateException(now > read.NotAfter || now < read.NotBefore
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path} is valid from {read.NotBefore:yyyy-MM-dd} to {read.NotAfter:yyyy-MM-dd}, and today is {now:yyyy-MM-dd}. Make "
                        + $"it anew with: {CommandLines.Certificates} {folder}")
                : $"{path} is not a certificate of {authority}: {why.TrimEnd('.')}. Take files that were made together.");
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            read?.Dispose();
            throw new CertificateException(
                $"The certificates in {folder} cannot be used: {cause.Message.TrimEnd('.')}. A machine needs "
                + $"{ClusterCertificates.Authority}, {file} and {ClusterCertificates.KeyOf(file)} there; "
                + $"`{CommandLines.Certificates} DIR` makes them.",
                cause);
        }
    }

    /// <summary>Returns why a certificate is not one of the authority's; null if it is.</summary>
    /// <param name="certificate">The certificate that another process shows, or none.</param>
    public string? WhyNot(X509Certificate? certificate)
    {
        if (certificate is null) return "The other side shows no certificate.";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        using var plain = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (chain.Build(plain)) return null;
        return chain.ChainStatus is [var first, ..] ? first.StatusInformation.Trim() : "It is not one of this cluster's authority.";
    }

    /// <summary>How a trainer meets a worker that connects: both show certificates.</summary>
    public SslServerAuthenticationOptions ToServer() => new()
    {
        ServerCertificate = Certificate,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => WhyNot(certificate) is null,
    };

    /// <summary>How a worker meets the trainer, which must show the trainer's certificate, and not another worker's.</summary>
    public SslClientAuthenticationOptions ToClient() => new()
    {
        TargetHost = TrainerName,
        ClientCertificates = [Certificate],
        RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && WhyNot(certificate) is null,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        _authority.Dispose();
    }
}
