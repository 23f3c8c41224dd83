module "scheduler" {
  source = "./modules/scheduler"

  paused     = var.scheduler_paused
  project_id = var.project_id
  region     = var.region

  # An attempt outlasts the function, so that a second one never starts while the first still works.
  jobs = {
    for operation, function in local.functions : operation => {
      attempt_deadline_seconds = function.timeout_seconds + 15
      audience                 = local.urls[operation]
      url                      = module.function[operation].url
    } if function.invoker == "scheduler"
  }

  depends_on = [google_project_service.api]
}
