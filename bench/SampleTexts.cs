namespace ServiceDesk.Bench;

/// <summary>What every ticket here says, whoever makes it: services and baselines carry the same bytes.</summary>
internal static class SampleTexts
{
    public const string Title = "Printer on the third floor does not print";

    public const string Description =
        "Since this morning every page comes out empty. Switched it off and on again, changed the cartridge, no " +
        "difference. The display shows error 0x17.";

    public const string TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
}
