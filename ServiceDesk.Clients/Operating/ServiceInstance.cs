namespace ServiceDesk.Clients.Operating;

/// <summary>This process among those of its service.</summary>
public sealed class ServiceInstance
{
    private const int SharedBytes = 4;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>A token that begins as the id does, so that people see whose it is; the rest makes it unique.</summary>
    public Guid NewToken()
    {
        Span<byte> token = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(token);
        Span<byte> id = stackalloc byte[16];
        Id.TryWriteBytes(id);
        id[..SharedBytes].CopyTo(token);
        return new Guid(token);
    }
}
