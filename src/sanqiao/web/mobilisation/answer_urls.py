from django.urls import path

from . import answering

app_name = "answers"
urlpatterns = [
    path("<str:token>/", answering.answer, name="page"),
    path("<str:token>/pledge/<int:campaign>/", answering.pledge, name="pledge"),
    path("<str:token>/<slug:choice>/", answering.give_answer, name="give"),
]
