using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CACL.Http.Tests;

/// <summary>Checks which connection is closed for which, with stand-ins for connections.</summary>
public sealed class OpenConnectionsTests : IAsyncDisposable
{
    private readonly SetClock _clock = new();
    private readonly OpenConnections _connections;
    private readonly List<Caller> _callers = [];
    private int _closed;

    public OpenConnectionsTests() => _connections = new OpenConnections(new HttpLimits { Connections = 3 }, _clock, () => _closed++);

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers) await caller.DisposeAsync();
    }

    [Fact]
    public void The_one_that_has_been_idle_the_longest_is_closed_first()
    {
        var (first, second, third) = (Come(), Come(), Come());
        first.Ask(isStream: false)();
        var fourth = Come();
        Assert.Equal([second], Closed());
        var fifth = Come();
        Assert.Equal([second, third], Closed());
        fourth.Leave();
        var sixth = Come();
        Assert.Equal([second, third], Closed());
        Come();
        Assert.Equal([first, second, third], Closed());
        Assert.Equal((3, true), (_closed, fifth.IsOpen && sixth.IsOpen));
    }

    [Fact]
    public void One_that_is_being_answered_stays_for_as_long_as_answers_take_and_one_that_listens_for_ever()
    {
        var (listening, waiting) = (Come(), Come());
        listening.Ask(isStream: true);
        waiting.Ask(isStream: false);
        for (var i = 0; i < 5; i++) Come();
        Assert.True(listening.IsOpen && waiting.IsOpen);
        _clock.Advance(new HttpLimits().BusyTimeout);
        Come();
        Assert.True(listening.IsOpen && waiting.IsOpen);
        Come();
        Assert.False(waiting.IsOpen);
        _clock.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < 5; i++) Come();
        Assert.True(listening.IsOpen);
    }

    [Fact]
    public void One_that_does_not_take_its_answer_is_idle()
    {
        var (reading, deaf, idle) = (Come(), Come(), Come());
        reading.Ask(isStream: false);
        deaf.Ask(isStream: false);
        deaf.Begin();
        Come();
        Assert.Equal([idle], Closed());
        Come();
        Assert.Equal([deaf, idle], Closed());
    }

    private Caller Come()
    {
        _callers.Add(new Caller(_connections, _clock));
        return _callers[^1];
    }

    private List<Caller> Closed() => [.. _callers.Where(c => !c.IsOpen)];

    /// <summary>Stands in for a client; each thing that it does takes a millisecond.</summary>
    private sealed class Caller : IAsyncDisposable
    {
        private readonly OpenConnections _connections;
        private readonly SetClock _clock;
        private readonly Connection _connection = new();
        private readonly Response _response = new();

        public Caller(OpenConnections connections, SetClock clock)
        {
            (_connections, _clock) = (connections, clock);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            _ = connections.ServeAsync(_connection, _ => _connection.Ended.Task);
        }

        public bool IsOpen => !_connection.IsAborted;

        public void Leave() => _connection.Ended.TrySetResult();

        public ValueTask DisposeAsync()
        {
            Leave();
            return _connection.DisposeAsync();
        }

        /// <summary>Sends a request; the returned action ends its response.</summary>
        public Action Ask(bool isStream)
        {
            var features = new FeatureCollection(_connection.Features);
            features.Set<IHttpRequestFeature>(new HttpRequestFeature());
            features.Set<IHttpResponseFeature>(_response);
            var context = new DefaultHttpContext(features);
            if (isStream) context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new StreamingAnswer()), null));
            var answer = new TaskCompletionSource();
            _ = _connections.AnswerAsync(context, _ => answer.Task);
            return () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                answer.SetResult();
            };
        }

        /// <summary>Sends the first bytes of its response.</summary>
        public void Begin()
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            _response.Starting!.Invoke();
        }
    }

    private sealed class Response : HttpResponseFeature
    {
        public Action? Starting { get; private set; }

        public override void OnStarting(Func<object, Task> callback, object state) => Starting = () => callback(state);
    }

    private sealed class Connection : ConnectionContext
    {
        public TaskCompletionSource Ended { get; } = new();

        public bool IsAborted { get; private set; }

        public override string ConnectionId { get; set; } = "";

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override IDuplexPipe Transport { get; set; } = null!;

        public override void Abort(ConnectionAbortedException abortReason)
        {
            IsAborted = true;
            Ended.TrySetResult();
        }
    }

    private sealed class SetClock : TimeProvider
    {
        private TimeSpan _now = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan time) => _now += time;
    }
}
