using System.Globalization;

namespace ServiceDesk.Bench.Measuring;

/// <summary>Results of several contestants in several rounds. A round measures each right after the other, so that a
/// passing disturbance hits all of them and cancels in their ratio.</summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, double[]> _rates;

    private Rounds(Dictionary<string, double[]> rates) => _rates = rates;

    public static async Task<Rounds> RunAsync(string title, int rounds, params IReadOnlyList<Contestant> contestants)
    {
        var rates = contestants.ToDictionary(c => c.Name, _ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            // Not always in the same order: nobody is always the one after the same neighbour.
            foreach (var contestant in contestants.Skip(round % contestants.Count)
                .Concat(contestants.Take(round % contestants.Count)))
            {
                rates[contestant.Name][round] = await contestant.MeasureAsync();
            }

            var seen = contestants.Select(
                c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {rates[c.Name][round]:N0}/s"));
            Console.WriteLine($"{title}, round {round + 1}/{rounds}: {string.Join(", ", seen)}");
        }

        return new Rounds(rates);
    }

    public bool Has(string contestant) => _rates.ContainsKey(contestant);

    /// <summary>Per second.</summary>
    public double Median(string contestant) => MedianOf(_rates[contestant]);

    /// <summary>The median of the ratios within each round.</summary>
    public double Ratio(string contestant, string baseline) =>
        MedianOf(_rates[contestant].Zip(_rates[baseline], (own, other) => own / other));

    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
