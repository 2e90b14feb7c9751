using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServiceDesk.Migrator;

/// <summary>Progress, one JSON object a line as the services log; failures go to stderr as plain text
/// besides.</summary>
internal static class Report
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Progress(string message) => Write("Information", message);

    public static void Detail(string message) => Write("Debug", message);

    public static void Warning(string message) => Write("Warning", message);

    public static void Failure(string message)
    {
        Write("Error", message);
        Console.Error.WriteLine($"migrator: {message.ReplaceLineEndings(" ")}");
    }

    private static void Write(string level, string message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("Timestamp", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
            json.WriteString("LogLevel", level);
            json.WriteString("Category", "ServiceDesk.Migrator");
            json.WriteString("Message", message);
            json.WriteEndObject();
        }

        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
