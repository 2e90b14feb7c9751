using ServiceDesk.ServiceDefaults.Database;
using ServiceDesk.ServiceDefaults.Hosting;
using ServiceDesk.TicketApi.Http;
using ServiceDesk.TicketApi.Outbox;
using ServiceDesk.TicketApi.Security;
using ServiceDesk.TicketApi.Tickets;

var service = new ServiceInfo("ticket-api", Port: 8080, ListenKey: "Listen:Http", DatabaseRole: "servicedesk_api");

return await ServiceHost.RunAsync(args, service,
    builder =>
    {
        builder.AddDatabase(service);
        builder.AddApiConventions();
        builder.AddBearerTokens();
        builder.AddOutboxHints();
        builder.AddTickets();
    },
    app =>
    {
        app.UseApiConventions();
        app.UseBearerTokens();
        app.MapTickets();
        app.MapOpenApi();
    });
