using ServiceDesk.Clients.Postgres;
using ServiceDesk.ServiceDefaults;
using ServiceDesk.Settings;
using ServiceDesk.TicketApi.Http;
using ServiceDesk.TicketApi.Outbox;
using ServiceDesk.TicketApi.Security;
using ServiceDesk.TicketApi.Tickets;

var service = new ServiceInfo("ticket-api", Port: 8080, ListenKey: "Listen:Http");
try
{
    var builder = WebApplication.CreateSlimBuilder([ServiceInfo.NoReload, .. args]);
    builder.AddServiceDefaults(service);
    builder.AddDatabase(service.Name, role: "servicedesk_api", options: DatabaseExtensions.ByIndex);
    builder.AddApiConventions();
    builder.AddBearerTokens();
    builder.AddRateLimits();
    builder.AddOutboxHints();
    builder.AddTickets();

    await using var app = builder.Build();
    app.MapDefaultEndpoints();
    app.UseApiConventions();
    app.UseBearerTokens();
    app.UseRateLimits();
    app.UseAccessRules();
    app.MapTickets();
    app.MapApiDocument();
    app.MapProblemPages();
    app.MapApiReference();
    return await app.RunServiceAsync();
}
catch (SettingsException setting)
{
    return service.Refuse(setting);
}
