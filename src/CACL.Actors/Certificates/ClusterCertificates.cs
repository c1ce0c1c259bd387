using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CACL.Data.Files;

namespace CACL.Actors.Certificates;

/// <summary>
/// A small certificate authority for people who have none: with its files, a trainer and its workers know each other, and nobody else can
/// join.
/// </summary>
public static class ClusterCertificates
{
    /// <summary>The authority's certificate, which every machine needs.</summary>
    public const string Authority = "ca.pem";

    /// <summary>The authority's key, which makes new certificates: no machine of the cluster needs it.</summary>
    public const string AuthorityKey = "ca.key";

    /// <summary>The trainer's certificate.</summary>
    public const string Trainer = "trainer.pem";

    /// <summary>The workers' certificate.</summary>
    public const string Worker = "worker.pem";

    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private const int Years = 10;

    /// <summary>Returns the file with the key of a certificate.</summary>
    /// <param name="certificate">The certificate's file.</param>
    public static string KeyOf(string certificate) => Path.ChangeExtension(certificate, ".key");

    /// <summary>
    /// Makes an authority, a certificate for the trainer and one for the workers. Where the folder has an authority already, it makes the
    /// two anew with it.
    /// </summary>
    /// <param name="folder">The folder, which is made if it is missing.</param>
    /// <param name="now">The time from which they are valid.</param>
    /// <returns>Whether the authority is new.</returns>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    /// <exception cref="CertificateException">The folder's authority cannot be used.</exception>
    public static bool Make(string folder, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        FileSync.MakeFolder(folder);
        var isNew = !File.Exists(Path.Combine(folder, Authority));
        using var authority = isNew ? MakeAuthority(folder, now) : ReadAuthority(folder);
        MakeCertificate(folder, Trainer, NodeCertificate.TrainerName, authority, now);
        MakeCertificate(folder, Worker, NodeCertificate.WorkerName, authority, now);
        return isNew;
    }

    private static X509Certificate2 MakeAuthority(string folder, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=CACL cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(Years));
        WriteKey(Path.Combine(folder, AuthorityKey), key);
        AtomicFile.WriteText(Path.Combine(folder, Authority), certificate.ExportCertificatePem() + "\n");
        return certificate;
    }

    private static X509Certificate2 ReadAuthority(string folder)
    {
        var (file, key) = (Path.Combine(folder, Authority), Path.Combine(folder, AuthorityKey));
        try
        {
            return X509Certificate2.CreateFromPem(RegularFile.ReadAllText(file), RegularFile.ReadAllText(key));
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException or FileNotFoundException)
        {
            throw new CertificateException(
                $"{file} and {key} are no authority that can make certificates: {cause.Message.TrimEnd('.')}. Put them back, or name "
                + "another folder.",
                cause);
        }
    }

    private static void MakeCertificate(string folder, string name, string dnsName, X509Certificate2 authority, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={dnsName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        // An authority's certificates must not outlive it.
        var end = new DateTimeOffset(authority.NotAfter);
        using var certificate = request.Create(
            authority, now.AddMinutes(-59), end < now.AddYears(Years) ? end : now.AddYears(Years), RandomNumberGenerator.GetBytes(16));
        WriteKey(Path.Combine(folder, KeyOf(name)), key);
        AtomicFile.WriteText(Path.Combine(folder, name), certificate.ExportCertificatePem() + "\n");
    }

    private static void WriteKey(string path, ECDsa key)
    {
        using var file = new AtomicFile(path);
        file.Fill(stream =>
        {
            // Before the key is in it.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.TemporaryPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        });
        file.Commit();
    }
}
