namespace CACL.Configuration.Hocon;

/// <summary>A configuration cannot be read. The message names the place, what was found there, and what to do.</summary>
public sealed class HoconException : ConfigurationException
{
    /// <summary>Creates the exception for a fault at <paramref name="origin"/>.</summary>
    public HoconException(HoconOrigin origin, string message)
        : base($"{origin.Precise}: {message}")
    {
        Origin = origin;
    }

    /// <summary>The place of the fault.</summary>
    public HoconOrigin Origin { get; }
}
