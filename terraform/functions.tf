# Every operation, once. A new one is an entry here, its archive, and its heading in docs/api.md.
#
# invoker        who may call it: public, scheduler or dashboard
# mirrors        whether it writes to Firestore
# analysts       whether it asks the analysts' views, with reporting_pool connections
# db_pool        connections of one instance; instances x pool of all stays under the server's max_connections (checks.tf)
# concurrency    requests of one instance; bids wait in lanes and need no thread each, all else has `threads` of them
# max, min       instances; var.instances differs by environment

locals {
  functions = {
    close_auctions = merge(local.usual, {
      concurrency     = 2
      db_pool         = 4
      invoker         = "scheduler"
      max_instances   = 2
      mirrors         = true
      request_seconds = 50
      timeout_seconds = 58
    })
    create_listing = merge(local.usual, {
      db_pool       = 4
      invoker       = "public"
      max_instances = 3
      mirrors       = true
    })
    get_listing = merge(local.usual, {
      invoker       = "public"
      max_instances = 3
    })
    nl_feedback = merge(local.usual, {
      db_pool         = 2
      invoker         = "dashboard"
      max_instances   = 2
      reporting_pool  = 2
      request_seconds = 25
    })
    nl_query = merge(local.usual, {
      db_pool         = 4
      invoker         = "dashboard"
      max_instances   = 2
      memory          = "1Gi"
      reporting_pool  = 4
      request_seconds = 25
      secrets         = { OPENAI_API_KEY = "openai_api_key" }
    })
    nl_questions = merge(local.usual, {
      db_pool         = 2
      invoker         = "dashboard"
      max_instances   = 2
      reporting_pool  = 2
      request_seconds = 25
    })
    place_bid = merge(local.usual, {
      concurrency   = 250
      invoker       = "public"
      max_instances = 3
      mirrors       = true
    })
    search_listings = merge(local.usual, {
      invoker       = "public"
      max_instances = 3
    })
    sync_mirror = merge(local.usual, {
      concurrency     = 2
      db_pool         = 4
      invoker         = "scheduler"
      max_instances   = 2
      mirrors         = true
      request_seconds = 50
      timeout_seconds = 58
    })
  }

  # What an entry has unless it says otherwise.
  usual = {
    concurrency     = 40
    cpu             = "1" # an instance is one process, which uses no more; a house grows by instances
    db_pool         = 8
    memory          = "512Mi"
    min_instances   = 0
    mirrors         = false
    reporting_pool  = 0
    request_seconds = 10
    secrets         = {}
    threads         = 8
    timeout_seconds = 30
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  archive           = var.archives[each.key]
  archives_bucket   = module.delivery.archives_bucket
  build_account     = google_service_account.builder.name
  concurrency       = each.value.concurrency
  cpu               = each.value.cpu
  docker_repository = module.delivery.repository_id
  egress_tag        = module.network.egress_tag
  ingress           = local.ingress[each.value.invoker]
  invokers          = [local.invokers[each.value.invoker]]
  max_instances     = local.instances[each.key].max
  memory            = each.value.memory
  min_instances     = local.instances[each.key].min
  network           = module.network.network_name
  operation         = each.key
  project_id        = var.project_id
  region            = var.region
  roles             = concat(local.roles, each.value.mirrors ? ["roles/datastore.user"] : [])
  runtime           = var.runtime
  subnetwork        = module.network.subnetwork_name
  timeout_seconds   = each.value.timeout_seconds

  secrets = merge(
    { for setting, name in each.value.secrets : setting => local.secrets[name] if contains(keys(local.secrets), name) },
    each.value.reporting_pool > 0 ? local.reporting_secrets : {},
  )

  settings = merge(
    local.database_settings,
    local.identity_settings,
    local.origin_settings,
    local.trace_settings,
    each.value.reporting_pool > 0 ? local.reporting_settings : {},
    each.value.reporting_pool > 0 ? { REPORTING_DB_POOL_SIZE = tostring(each.value.reporting_pool) } : {},
    {
      DB_POOL_SIZE     = tostring(each.value.db_pool)
      DB_USER          = replace(each.key, "_", "-")
      LOG_EXECUTION_ID = "false" # the platform would wrap standard output, which is ours
      REQUEST_SECONDS  = tostring(each.value.request_seconds)
      SERVICE_AUDIENCE = local.urls[each.key]
      THREADS          = tostring(each.value.threads)
    },
    lookup(var.settings, each.key, {}),
  )

  depends_on = [
    google_artifact_registry_repository_iam_member.builder,
    google_project_iam_member.builder_logs,
    google_project_iam_member.builder_sources,
    google_project_service.api,
  ]
}

resource "google_service_account" "builder" {
  account_id   = "builder"
  display_name = "Builds functions from their archives"
  depends_on   = [google_project_service.api]
}

# Only what a build needs: its own log, our registry, and the bucket that the platform copies archives to.
resource "google_project_iam_member" "builder_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:${local.builder_account}"
}

resource "google_project_iam_member" "builder_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:${local.builder_account}"

  condition {
    title      = "sources-of-functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}

resource "google_artifact_registry_repository_iam_member" "builder" {
  project    = var.project_id
  location   = var.region
  repository = module.delivery.repository_id
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${local.builder_account}"
}

locals {
  builder_account = "${google_service_account.builder.account_id}@${var.project_id}.iam.gserviceaccount.com"

  # Cloud Run's address of a service, known before it exists; also the audience that it takes.
  urls = {
    for operation in keys(local.functions) :
    operation => replace(local.url_pattern, "{function}", replace(operation, "_", "-"))
  }
  url_pattern = "https://{function}-${data.google_project.this.number}.${var.region}.run.app"

  instances = {
    for operation, function in local.functions : operation => {
      max = coalesce(try(var.instances[operation].max, null), function.max_instances)
      min = coalesce(try(var.instances[operation].min, null), function.min_instances)
    }
  }

  ingress = {
    dashboard = "ALLOW_ALL" # IAM keeps others out; the dashboard's own way out is not internal
    public    = var.edge_only ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_ALL"
    scheduler = "ALLOW_INTERNAL_ONLY" # admits Cloud Scheduler
  }

  invokers = {
    dashboard = "serviceAccount:${module.dashboard.service_account_email}"
    public    = "allUsers"
    scheduler = "serviceAccount:${module.scheduler.service_account_email}"
  }

  roles = concat(
    ["roles/cloudsql.client", "roles/cloudsql.instanceUser"],
    var.trace_share > 0 ? ["roles/telemetry.tracesWriter"] : [],
  )

  database_settings = {
    CLOUD_SQL_INSTANCE = module.database.connection_name
    DB_NAME            = module.database.schema
  }

  identity_settings = {
    DASHBOARD_ACCOUNT    = module.dashboard.service_account_email
    GOOGLE_CLOUD_PROJECT = var.project_id
    IAP_AUDIENCE         = module.dashboard.iap_audience
    SCHEDULER_ACCOUNT    = module.scheduler.service_account_email
    SITE_URL             = module.site.url
  }

  trace_settings = var.trace_share == 0 ? { TRACES = "off" } : {
    OTEL_TRACES_SAMPLER     = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG = tostring(var.trace_share)
    TRACES                  = "cloud"
  }

  # The analysts' user is one that the migration job makes, with a password: an IAM user is always the function itself,
  # and Cloud SQL gives a user made through its API all rights. Without the password's version there is none yet.
  reporting_secrets = contains(keys(local.secrets), "reporting_db_password") ? {
    REPORTING_DB_PASSWORD = local.secrets["reporting_db_password"]
  } : {}

  reporting_settings = length(local.reporting_secrets) == 0 ? {} : {
    REPORTING_CLOUD_SQL_INSTANCE = coalesce(module.database.replica_connection_name, module.database.connection_name)
    REPORTING_DB_NAME            = module.database.reporting_schema
    REPORTING_DB_USER            = "analysts"
  }

  # Pages call their own host, which passes calls on; a load balancer is another one. It answers them from the first day, so
  # that pages which were loaded with it go on when edge_only is taken back.
  origin_settings = var.edge_domain == null ? {} : { ALLOWED_ORIGINS = join(",", module.site.origins) }
}
