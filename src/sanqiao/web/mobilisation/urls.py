from django.urls import path

from . import commanding, lists, own, views

app_name = "mobilisations"
urlpatterns = [
    path("", views.mobilisation_list, name="list"),
    path("new/", views.mobilisation_new, name="new"),
    path("campaigns/new/", views.campaign_new, name="campaign_new"),
    path("pledges/", lists.pledge_list, name="pledges"),
    path("pledges/<int:pk>/deed/", views.deed_new, name="deed"),
    path("mine/", own.mine, name="mine"),
    path("exercises/", views.exercise_list, name="exercises"),
    path("<int:pk>/", commanding.mobilisation_detail, name="detail"),
    path("<int:pk>/live/", commanding.mobilisation_live, name="live"),
    path("<int:pk>/map/", commanding.mobilisation_map, name="map"),
    path("<int:pk>/edit/", views.mobilisation_edit, name="edit"),
    path("<int:pk>/act/<slug:act>/", views.mobilisation_act, name="act"),
    path("<int:pk>/wave/", views.wave_new, name="wave"),
    path("<int:pk>/people/", lists.people, name="people"),
    path("<int:pk>/lists/", lists.call_lists, name="lists"),
    path("<int:pk>/lists/<str:code>/", lists.call_list, name="call_list"),
    path("<int:pk>/lists/<str:code>/open/", lists.call_list_open, name="call_list_open"),
    path("<int:pk>/people/<int:call_out>/<slug:result>/", lists.call_result, name="result"),
    path("<int:pk>/closing/", views.closing_record, name="closing"),
]
