using Xunit;
using Xunit.Abstractions;

namespace BondDhcp.Tests.Beds.Scenarios;

/// <summary>One boot of a bed's machine, which several classes of tests look at.</summary>
/// <param name="whyNot">Why this machine has no such bed; its tests are skipped then. Null when it has.</param>
/// <param name="run">Runs the scenarios.</param>
public abstract class BedFixture(string? whyNot, Func<Task<IReadOnlyDictionary<string, BedEvidence>>> run) : IAsyncLifetime
{
    private IReadOnlyDictionary<string, BedEvidence> _evidence = new Dictionary<string, BedEvidence>();

    public async Task InitializeAsync()
    {
        if (whyNot is null) _evidence = await run();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>What a scenario saw, which came to its end.</summary>
    public BedEvidence this[BedScenario scenario, ITestOutputHelper output]
    {
        get
        {
            BedEvidence evidence = _evidence[scenario.Name];
            output.WriteLine(evidence.ToString());
            return evidence.Failure is null ? evidence : throw new BedException($"{scenario.Name}: {evidence.Failure}\n{evidence}");
        }
    }
}
